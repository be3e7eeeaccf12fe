"""What a deal document says: notes, fees, accounts, dates, triggers, calls. Frozen, validated, without results."""
