"""Turn the OpenAPI document in `spec/` into the Python package in `generated/`."""
