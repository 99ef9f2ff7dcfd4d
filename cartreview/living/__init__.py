"""How the review stays alive: searches, candidates, screening, currency, corrections, changes.

What talks to a service goes through ``web``; nothing else of the library opens a connection.
"""
