//! A software authenticator that can also lie: every field of what it says can be forged.

use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};
use tandem_sign_in::Bytes;
use tandem_sign_in::passkey::{AssertionResponse, CreationOptions, RegistrationResponse, RequestOptions};

/// User present, user verified.
const FLAGS: u8 = 0b101;

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

/// The device and the browser in one.
pub struct Device {
    pair: Pair,
    pub id: Vec<u8>,
    pub counter: u32,
    pub counts: bool,
    pub flags: u8,
    pub origin: String,
    pub kind: Option<&'static str>,
    pub more: Value,
    handle: String,
}

#[derive(Clone, Copy, Debug)]
pub enum Algorithm {
    Es256,
    EdDsa,
    Rs256,
}

impl Device {
    pub fn new(algorithm: Algorithm) -> Self {
        let rng = SystemRandom::new();
        let pair = match algorithm {
            Algorithm::Es256 => {
                let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
                let document = EcdsaKeyPair::generate_pkcs8(kind, &rng).unwrap();
                Pair::Es256(EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &rng).unwrap())
            }
            Algorithm::EdDsa => {
                let document = Ed25519KeyPair::generate_pkcs8(&rng).unwrap();
                Pair::EdDsa(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
            }
            Algorithm::Rs256 => {
                let document = include_bytes!("../data/rsa2048-for-tests.pk8");
                Pair::Rs256(Box::new(RsaKeyPair::from_pkcs8(document).unwrap()))
            }
        };
        Self {
            pair,
            id: vec![9; 20],
            counter: 0,
            counts: true,
            flags: FLAGS,
            origin: "https://tandem.example".into(),
            kind: None,
            more: json!({}),
            handle: String::new(),
        }
    }

    fn cose(&self) -> Vec<u8> {
        let mut key = Vec::new();
        match &self.pair {
            Pair::Es256(pair) => {
                let point = pair.public_key().as_ref();
                key.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
                key.extend(&point[1..33]);
                key.extend([0x22, 0x58, 32]);
                key.extend(&point[33..]);
            }
            Pair::EdDsa(pair) => {
                key.extend([0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32]);
                key.extend(pair.public_key().as_ref());
            }
            Pair::Rs256(pair) => {
                let public: ring::rsa::PublicKeyComponents<Vec<u8>> = pair.public().into();
                key.extend([0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0]);
                key.extend(&public.n);
                key.extend([0x21, 0x43]);
                key.extend(&public.e);
            }
        }
        key
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let rng = SystemRandom::new();
        match &self.pair {
            Pair::Es256(pair) => pair.sign(&rng, message).unwrap().as_ref().to_vec(),
            Pair::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    fn client_data(&self, kind: &'static str, challenge: &Value) -> Vec<u8> {
        let mut data = json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": false,
        });
        for (name, value) in self.more.as_object().unwrap() {
            data[name] = value.clone();
        }
        data.to_string().into_bytes()
    }

    fn data(&self, party: &Value, attested: &[u8]) -> Vec<u8> {
        let mut data = digest(&SHA256, party.as_str().unwrap().as_bytes())
            .as_ref()
            .to_vec();
        let attests = if attested.is_empty() { 0 } else { 0x40 };
        data.push(self.flags | attests);
        data.extend(self.counter.to_be_bytes());
        data.extend(attested);
        data
    }

    /// Answers a registration.
    pub fn register(&mut self, options: &CreationOptions) -> RegistrationResponse {
        read(self.made(&serde_json::to_value(options).unwrap()))
    }

    /// Answers a registration as a browser writes it.
    pub fn made(&mut self, options: &Value) -> Value {
        self.handle = options["user"]["id"].as_str().unwrap().to_owned();
        let mut attested = vec![0; 16];
        attested.extend((self.id.len() as u16).to_be_bytes());
        attested.extend(&self.id);
        attested.extend(self.cose());
        let data = self.data(&options["rp"]["id"], &attested);
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend((data.len() as u16).to_be_bytes());
        object.extend(&data);
        json!({
            "id": Bytes(self.id.clone()),
            "rawId": Bytes(self.id.clone()),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": Bytes(self.client_data("webauthn.create", &options["challenge"])),
                "attestationObject": Bytes(object),
                "transports": ["internal"],
            },
        })
    }

    /// Answers a sign-in or a step-up.
    pub fn assert(&mut self, options: &RequestOptions) -> AssertionResponse {
        read(self.shown(&serde_json::to_value(options).unwrap()))
    }

    /// Answers a sign-in or a step-up as a browser writes it.
    pub fn shown(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counts);
        let data = self.data(&options["rpId"], &[]);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let message = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        json!({
            "id": Bytes(self.id.clone()),
            "rawId": Bytes(self.id.clone()),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": Bytes(client_data),
                "authenticatorData": Bytes(data),
                "signature": Bytes(self.sign(&message)),
                "userHandle": self.handle,
            },
        })
    }
}

/// As it comes over HTTP.
pub fn read<T: serde::de::DeserializeOwned>(json: Value) -> T {
    serde_json::from_str(&json.to_string()).unwrap()
}
