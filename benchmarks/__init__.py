"""Every speed that is promised, measured against its floor in the same run."""
