//! `ip_in(src_ip, '10.0.0.0/8')`: whether an IPv4 or IPv6 address lies in a network.

use std::net::IpAddr;
use std::sync::Arc;

use datafusion::arrow::array::BooleanBuilder;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::TextArgument;

/// NULL for what is not an address; an error for what is not a network, which is a mistake in the query.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct IpInUdf {
    signature: Signature,
}

impl IpInUdf {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::string(2, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for IpInUdf {
    fn name(&self) -> &str {
        "ip_in"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let address = TextArgument::new(self.name(), args.args.first())?;
        let network = TextArgument::new(self.name(), args.args.get(1))?;
        let mut parsed: Option<(String, (u128, u32))> = None;
        let mut out = BooleanBuilder::with_capacity(args.number_rows);
        for row in 0..address.len().or(network.len()).unwrap_or(args.number_rows) {
            let Some(text) = network.get(row) else {
                out.append_null();
                continue;
            };
            if parsed.as_ref().is_none_or(|(known, _)| known != text) {
                let Some(network) = parse_network(text) else {
                    return exec_err!("ip_in: `{text}` is not a network such as 10.0.0.0/8");
                };
                parsed = Some((text.to_owned(), network));
            }
            let bits = address
                .get(row)
                .and_then(|text| text.trim().parse().ok())
                .map(to_bits);
            out.append_option(parsed.as_ref().zip(bits).map(|((_, (network, length)), bits)| {
                let shift = 128 - length;
                bits.checked_shr(shift) == network.checked_shr(shift)
            }));
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

/// The network's bits and the length of its prefix, on the IPv6 scale; a lone address is a network of one.
pub(super) fn parse_network(text: &str) -> Option<(u128, u32)> {
    let (address, length) = match text.trim().split_once('/') {
        Some((address, length)) => (address.parse::<IpAddr>().ok()?, Some(length.parse::<u32>().ok()?)),
        None => (text.trim().parse::<IpAddr>().ok()?, None),
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = length.unwrap_or(most);
    (length <= most).then(|| (to_bits(address), 128 - most + length))
}

/// IPv4 as its IPv6-mapped form, so that both kinds compare.
pub(super) fn to_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
