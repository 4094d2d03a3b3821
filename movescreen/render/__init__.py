"""Pictures: skeleton, angles and words drawn on frames, and videos made of them."""
