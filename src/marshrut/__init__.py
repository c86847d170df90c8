"""Marshrut: the CRM of a travel agency, from the inquiry to the next trip."""
