"""Side-by-side measurements against peers: `./nox -s bench` runs them all, each module runs alone."""
