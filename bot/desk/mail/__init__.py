"""The mailbox: mails taken in, kept, taken apart."""
