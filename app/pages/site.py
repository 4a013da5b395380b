"""All pages of the house, in the order in which they are mounted."""

from flask import Blueprint

from app.pages import sign_in, you

PAGES: tuple[Blueprint, ...] = (sign_in.blueprint, you.blueprint)
