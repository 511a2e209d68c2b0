"""Schemas compared: normal form, differences one by one, each judged by witnesses or proven included."""
