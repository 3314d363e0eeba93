import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { expect } from "@playwright/test";

/**
 * Checks what leaves Tandem as somebody outside would, from `docs/ledger.md` alone and without Tandem's code: the archive, its
 * hashes and signature, and for each row the proof that it is in the signed ledger.
 */

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface Manifest {
  case: string;
  by: string;
  reason: string;
  ledger_key: string;
  files: { file: string; bytes: number; sha256: string }[];
}

export interface RowProof {
  checkpoint: { at: number; origin: string; root: string; signature: string; size: number };
  inclusion: { index: number; path: string[]; size: number };
  row: { act: string; case?: string; hash: string; prev: string; seq: number; who: string };
}

/** The files of a ZIP, by name (APPNOTE.TXT 4.3: the central directory leads to each). */
export function unzip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  expect(end, "an end of the central directory").toBeGreaterThanOrEqual(0);
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    expect(zip.toString("latin1", at, at + 4)).toBe("PK\x01\x02");
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const body = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(body, body + size);
    files.set(zip.toString("utf8", at + 46, at + 46 + name), method === 0 ? bytes : inflateRawSync(bytes));
    at += 46 + name + extra + comment;
  }
  return files;
}

const sha256 = (...parts: Buffer[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** JSON as RFC 8785 spells it, for the ASCII keys and whole numbers that rows have. */
function spelled(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${spelled(value[key] as Json)}`);
  return `{${fields.join(",")}}`;
}

/** An Ed25519 key as `name+key id+base64(0x01 ‖ key)` (C2SP signed-note). */
function publicKey(text: string): KeyObject {
  // Base 64 may hold a plus itself.
  const bytes = Buffer.from(text.split("+").slice(2).join("+"), "base64");
  expect([bytes.length, bytes[0]]).toEqual([33, 1]);
  // SubjectPublicKeyInfo of Ed25519, RFC 8410.
  const head = Buffer.from("302a300506032b6570032100", "hex");
  return createPublicKey({ key: Buffer.concat([head, bytes.subarray(1)]), format: "der", type: "spki" });
}

/** Microseconds as `2026-01-31T08:00:00.25Z`: no more digits than are needed. */
function instant(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const rest = `${micros - seconds * 1_000_000}`.padStart(6, "0").replace(/0+$/, "");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${rest && `.${rest}`}Z`;
}

/** The root that a leaf and its neighbours make (RFC 9162 section 2.1.3.2). */
function rootOf(leaf: Buffer, { index, path, size }: RowProof["inclusion"]): Buffer {
  let [fn, sn, root] = [BigInt(index), BigInt(size - 1), leaf];
  for (const hash of path.map((text) => Buffer.from(text, "hex"))) {
    expect(sn, "a path that is not too long").toBeGreaterThan(0n);
    if (fn % 2n === 1n || fn === sn) {
      root = sha256(Buffer.from([1]), hash, root);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else root = sha256(Buffer.from([1]), root, hash);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  expect(sn, "a path that is not too short").toBe(0n);
  return root;
}

/** Checks one row: its hash, its place in the tree, and the tree's signature. */
function checkProof(proof: RowProof, key: KeyObject): void {
  const { hash, ...row } = proof.row;
  const bytes = Buffer.from(spelled(row as unknown as Json));
  expect(sha256(Buffer.from(row.prev, "hex"), bytes).toString("hex"), `row ${row.seq}`).toBe(hash);
  const { at, origin, root, signature, size } = proof.checkpoint;
  expect([proof.inclusion.index, proof.inclusion.size]).toEqual([row.seq, size]);
  const found = rootOf(sha256(Buffer.from([0]), bytes), proof.inclusion).toString("hex");
  expect(found, `the proof of row ${row.seq}`).toBe(root);
  const text = `${origin}\n${size}\n${Buffer.from(root, "hex").toString("base64")}\nat ${instant(at)}\n`;
  const signed = verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
  expect(signed, `the signature over ${text}`).toBe(true);
}

/** Checks an exported case; gives back its manifest and the proven rows. */
export function checkExport(zip: Buffer): {
  manifest: Manifest;
  proofs: RowProof[];
  files: Map<string, Buffer>;
} {
  const files = unzip(zip);
  const read = (name: string) => files.get(name) ?? Buffer.alloc(0);
  const manifest = JSON.parse(read("manifest.json").toString()) as Manifest;
  const key = publicKey(manifest.ledger_key);
  const seal = Buffer.from(read("manifest.sig").toString(), "base64");
  expect(verify(null, read("manifest.json"), key, seal), "the manifest's signature").toBe(true);
  const named = manifest.files.map(({ file }) => file);
  expect([...files.keys()].sort()).toEqual(["manifest.json", "manifest.sig", ...named].sort());
  for (const { file, bytes, sha256: wanted } of manifest.files) {
    expect(read(file).length, file).toBe(bytes);
    expect(sha256(read(file)).toString("hex"), file).toBe(wanted);
  }
  const proofs = JSON.parse(read("ledger.json").toString()) as RowProof[];
  for (const proof of proofs) checkProof(proof, key);
  return { manifest, proofs, files };
}
