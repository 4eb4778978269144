"""Trust: what the service withstands, shown on its real parts by runs that anyone can repeat (`make trust`)."""
