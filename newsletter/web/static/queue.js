/* The queue under one's fingers: filled in next. */
