"""What the tests are made of: a drawn person, results, clients, clips, cameras."""
