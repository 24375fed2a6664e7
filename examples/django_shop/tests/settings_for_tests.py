"""Set up the site for tests, without the developer's environment."""

from __future__ import annotations

import os

os.environ["DJANGO_SECRET_KEY"] = "for tests only"
# The token of every sandbox: Django reads its settings before a fixture can tell it.
os.environ["PLEXY_WEBHOOK_TOKEN"] = "whk_sandbox"
os.environ["SHOP_URL"] = "http://testserver"

from website.settings import *

ALLOWED_HOSTS = ["testserver"]
# The real ones take their time, on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
