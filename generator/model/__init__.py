"""Model the API as the package knows it: one typed value, built from the document in one place."""
