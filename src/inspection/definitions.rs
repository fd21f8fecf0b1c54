//! The definitions of RFC 5280 and RFC 3779 for which OpenSSL refuses a certificate that does not meet them.

use super::definition::Definition::{
    Any, BitString, Boolean, Choice, Ia5String, Integer, Null, ObjectIdentifier, OctetString,
    OneOf, OpaqueSequence, Sequence, SequenceOf, SetOf, Where,
};
use super::definition::Tagging::{Explicit, Implicit, Plain};
use super::definition::{Definition, Field, Tagging};
use crate::ber::Element;
use crate::xmpp_addr::StringType;

const fn field(tagging: Tagging, definition: &'static Definition) -> Field {
    Field {
        tagging,
        is_optional: false,
        definition,
    }
}

const fn optional(tagging: Tagging, definition: &'static Definition) -> Field {
    Field {
        tagging,
        is_optional: true,
        definition,
    }
}

/// RFC 5280 4.1
static CERTIFICATE: Definition = Sequence(&[
    field(Plain, &TBS_CERTIFICATE),
    field(Plain, &ALGORITHM),
    field(Plain, &BitString),
]);

static TBS_CERTIFICATE: Definition = Sequence(&[
    optional(Explicit(0), &Integer),
    field(Plain, &Integer),
    field(Plain, &ALGORITHM),
    field(Plain, &NAME),
    field(
        Plain,
        &Sequence(&[field(Plain, &TIME), field(Plain, &TIME)]),
    ),
    field(Plain, &NAME),
    field(
        Plain,
        &Sequence(&[field(Plain, &ALGORITHM), field(Plain, &BitString)]),
    ),
    optional(Implicit(1), &BitString),
    optional(Implicit(2), &BitString),
    optional(Explicit(3), &SequenceOf(&EXTENSION)),
]);

static ALGORITHM: Definition = Sequence(&[field(Plain, &ObjectIdentifier), optional(Plain, &Any)]);

/// UTCTime or GeneralizedTime, with whatever in it.
static TIME: Definition = OneOf(&[23, 24]);

static EXTENSION: Definition = Sequence(&[
    field(Plain, &ObjectIdentifier),
    optional(Plain, &Boolean),
    field(Plain, &OctetString),
]);

/// RFC 5280 4.1.2.4
static NAME: Definition = SequenceOf(&SetOf(&ATTRIBUTE));
static ATTRIBUTE: Definition = Sequence(&[
    field(Plain, &ObjectIdentifier),
    field(Plain, &ATTRIBUTE_VALUE),
]);
/// The types that OpenSSL takes, `B_ASN1_PRINTABLE`, as long as their content can be had in UTF-8.
static ATTRIBUTE_VALUE: Definition = Where(
    &OneOf(&[
        3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 28, 29, 30,
    ]),
    is_text,
);

fn is_text(value: &Element<'_>) -> bool {
    let Some(octets) = value.joined().filter(|_| value.tag != 16) else {
        return true;
    };
    match value.tag {
        12 => std::str::from_utf8(&octets).is_ok(),
        28 => !StringType::Universal
            .decode(&octets)
            .contains(char::REPLACEMENT_CHARACTER),
        // Characters beyond the first 65536, which take two units, are not known to it.
        30 => octets
            .chunks(2)
            .all(|unit| !(0xd8..=0xdf).contains(&unit[0])),
        _ => true,
    }
}

/// RFC 5280 4.2.1.6
pub(super) static GENERAL_NAMES: Definition = SequenceOf(&GENERAL_NAME);
static GENERAL_NAME: Definition = Choice(&[
    field(
        Implicit(0),
        &Sequence(&[field(Plain, &ObjectIdentifier), field(Explicit(0), &Any)]),
    ),
    field(Implicit(1), &Ia5String),
    field(Implicit(2), &Ia5String),
    field(Implicit(3), &OpaqueSequence),
    field(Explicit(4), &NAME),
    field(
        Implicit(5),
        &Sequence(&[
            optional(Explicit(0), &DIRECTORY_STRING),
            field(Explicit(1), &DIRECTORY_STRING),
        ]),
    ),
    field(Implicit(6), &Ia5String),
    field(Implicit(7), &OctetString),
    field(Implicit(8), &ObjectIdentifier),
]);
static DIRECTORY_STRING: Definition = OneOf(&[12, 19, 20, 28, 30]);

static SUBTREES: Definition = SequenceOf(&Sequence(&[
    field(Plain, &GENERAL_NAME),
    optional(Implicit(0), &Integer),
    optional(Implicit(1), &Integer),
]));

/// RFC 5280 4.2.1.13. Either where the list is, or who issues it, has to be said.
static DISTRIBUTION_POINT: Definition = Where(
    &Sequence(&[
        optional(
            Explicit(0),
            &Choice(&[
                field(Implicit(0), &GENERAL_NAMES),
                field(Implicit(1), &SetOf(&ATTRIBUTE)),
            ]),
        ),
        optional(Implicit(1), &BitString),
        optional(Implicit(2), &GENERAL_NAMES),
    ]),
    |point| {
        let mut parts = point.parts().into_iter().flatten();
        parts.any(|part| part.tag == 0 || part.tag == 2 && !part.content.is_empty())
    },
);

/// NULL for "inherit", or single values and ranges.
macro_rules! inherited_or {
    ($single:expr) => {
        Choice(&[
            field(Plain, &Null),
            field(
                Plain,
                &SequenceOf(&Choice(&[
                    field(Plain, $single),
                    field(
                        Plain,
                        &Sequence(&[field(Plain, $single), field(Plain, $single)]),
                    ),
                ])),
            ),
        ])
    };
}

/// RFC 3779 2.2.3 and 3.2.3
static ADDRESS_BLOCKS: Definition = SequenceOf(&Sequence(&[
    field(Plain, &OctetString),
    field(Plain, &inherited_or!(&BitString)),
]));
static AS_NUMBERS: Definition = Sequence(&[
    optional(Explicit(0), &inherited_or!(&Integer)),
    optional(Explicit(1), &inherited_or!(&Integer)),
]);

/// What the extension of a dotted object identifier holds, where OpenSSL looks into it.
pub(super) fn of_extension(oid: &str) -> Option<&'static Definition> {
    static BASIC_CONSTRAINTS: Definition = Sequence(&[
        optional(Plain, &Boolean),
        optional(
            Plain,
            &Where(&Integer, |number| {
                number.content.first().is_none_or(|octet| *octet < 0x80)
            }),
        ),
    ]);
    static AUTHORITY_KEY_IDENTIFIER: Definition = Sequence(&[
        optional(Implicit(0), &OctetString),
        optional(Implicit(1), &GENERAL_NAMES),
        optional(Implicit(2), &Integer),
    ]);
    static NAME_CONSTRAINTS: Definition = Sequence(&[
        optional(Implicit(0), &SUBTREES),
        optional(Implicit(1), &SUBTREES),
    ]);
    static EXTENDED_KEY_USAGE: Definition = SequenceOf(&ObjectIdentifier);
    static DISTRIBUTION_POINTS: Definition = SequenceOf(&DISTRIBUTION_POINT);
    static PROXY_CERT_INFO: Definition = Sequence(&[
        optional(Plain, &Integer),
        field(
            Plain,
            &Sequence(&[
                field(Plain, &ObjectIdentifier),
                optional(Plain, &OctetString),
            ]),
        ),
    ]);
    Some(match oid {
        "2.5.29.14" => &OctetString,
        "2.5.29.15" | "2.16.840.1.113730.1.1" => &BitString,
        "2.5.29.17" => &GENERAL_NAMES,
        "2.5.29.19" => &BASIC_CONSTRAINTS,
        "2.5.29.30" => &NAME_CONSTRAINTS,
        "2.5.29.31" => &DISTRIBUTION_POINTS,
        "2.5.29.35" => &AUTHORITY_KEY_IDENTIFIER,
        "2.5.29.37" => &EXTENDED_KEY_USAGE,
        "1.3.6.1.5.5.7.1.7" => &ADDRESS_BLOCKS,
        "1.3.6.1.5.5.7.1.8" => &AS_NUMBERS,
        "1.3.6.1.5.5.7.1.14" => &PROXY_CERT_INFO,
        _ => return None,
    })
}

/// Whether `octets` begin with what `openssl x509 -trustout` writes behind a certificate (`X509_CERT_AUX`), which OpenSSL
/// takes in every PEM block of a certificate.
pub(super) fn is_trust(octets: &[u8]) -> bool {
    static OBJECT_IDENTIFIERS: Definition = SequenceOf(&ObjectIdentifier);
    static TRUST: Definition = Sequence(&[
        optional(Plain, &OBJECT_IDENTIFIERS),
        optional(Implicit(0), &OBJECT_IDENTIFIERS),
        optional(Plain, &OneOf(&[12])),
        optional(Plain, &OctetString),
        optional(Implicit(1), &SequenceOf(&ALGORITHM)),
    ]);
    TRUST.is_met_by(octets)
}

/// Whether the octets are a certificate in OpenSSL's eyes.
pub(super) fn is_certificate(octets: &[u8]) -> bool {
    CERTIFICATE.is_met_by(octets)
}
