"""Pay a file of payouts, each exactly once, on threads or on a Dask cluster."""
