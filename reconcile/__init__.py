"""Configuration as code for Clerk instances."""
