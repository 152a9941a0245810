"""E-invoice and e-order XML (CII, UBL, ZUGFeRD 1.0, Order-X), read exactly: bytes in, named facts out."""
