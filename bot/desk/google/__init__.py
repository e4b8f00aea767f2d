"""Google's APIs: the calls of Sheets and Drive, and the answers Google would give."""
