"""RFC 6962 inclusion proofs, written from the standard (2.1.1)."""
import hashlib


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of_proof(proof):
    """Hex root that a proof object leads to: index, size, leaf and path.

    leaf is the hex of the leaf's bytes or of its hash (32 bytes)."""
    leaf = bytes.fromhex(proof["leaf"])
    value = leaf if len(leaf) == 32 else hashlib.sha256(b"\0" + leaf).digest()
    index, last = proof["index"], proof["size"] - 1
    if index > last:
        return "index outside"
    for step in map(bytes.fromhex, proof["proof"]):
        if last == 0:
            return "proof too long"
        if index & 1 or index == last:
            value = node(step, value)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            value = node(value, step)
        index, last = index >> 1, last >> 1
    return value.hex() if last == 0 else "proof too short"
