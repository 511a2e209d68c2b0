"""Wire forms: how a value stands in a request, and which values a text in a request may mean."""
