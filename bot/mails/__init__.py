"""Mails as their readers see them: from a draft to the bytes that travel. Decides nothing about who gets what."""
