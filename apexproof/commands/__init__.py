"""The commands of `apexproof`, one file for each: what it takes, what it says, and one call into the house."""
