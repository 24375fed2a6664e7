"""Hold the migrations."""
