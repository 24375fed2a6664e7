"""What the client does when the network or the API misbehaves: a table over real sockets, and 10,000 payments.

`rules` says what has to happen, in the words of the design. `faults` makes the misbehavior, `cells` runs one call
into one fault, `page` writes docs/reliability.md from what was seen. `python -m reliability` runs it all.
"""
