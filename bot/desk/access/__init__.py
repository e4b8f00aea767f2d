"""Who may see and write what: users, sharing, protection."""
