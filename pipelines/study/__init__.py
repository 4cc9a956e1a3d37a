"""What a study file asks for: settings, reader, plan, recipes."""
