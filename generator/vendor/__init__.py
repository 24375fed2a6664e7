"""Copy the package into another repository, under any name and with chosen parts, and keep the copy honest."""
