"""Who may use the app: host names, origins, login, rates."""
