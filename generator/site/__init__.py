"""Build the documentation's site: put the pages together, let Zensical make HTML of them, check it, write twins.

`staging` copies the hand-written pages and writes those of the reference. Every page has the path in the site that it
has in the repository, so that a link leads to the same page in both, and nothing rewrites links. `dialect` turns what
GitHub reads into what Python-Markdown reads. `navigation` compares the pages with `mkdocs.yml`. `html_check` looks at
the built site. `twins` writes the Markdown of each page, `llms.txt` and `llms-full.txt`.
"""
