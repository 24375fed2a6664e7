"""A fuzzer for `webhooks.unwrap`: `./nox -s fuzz`."""
