"""Sending: where requests go, with which key, at which pace, and what came back."""
