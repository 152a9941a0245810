"""Line items of invoices, orders and receipts: from how a page is laid out to rows of cells with evidence."""
