"""What people raised in meetings and proposals of the survey."""
