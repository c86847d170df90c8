"""The picture an app reads its secret from."""

import pyotp
import segno


def picture_of(secret: str, email: str, issuer: str) -> str:
    """A QR code as an address of its own (data:image/svg+xml), so that the secret goes to no other server."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer or "Marshrut")
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
