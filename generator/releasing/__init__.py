"""From a commit to a published version: `python -m generator.releasing` builds, checks, releases and uploads."""
