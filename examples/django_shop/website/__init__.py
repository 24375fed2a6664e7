"""Hold the settings of the site."""
