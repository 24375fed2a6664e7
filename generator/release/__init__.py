"""From a commit to a published version: `python -m generator.release` builds, checks, releases and uploads."""
