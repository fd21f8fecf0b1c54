
use builtin;
use str;

set edit:completion:arg-completer[xmppcert] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'xmppcert'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'xmppcert'= {
            cand --color 'When to use colours: auto, always or never'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand generate 'Make a key and a client certificate for an account'
            cand inspect 'Show what certificates, requests and keys say'
            cand check 'Tell whether servers and clients would take a certificate, and if not, why'
            cand export 'Give out a certificate in the form that a program needs'
            cand renew 'Make a successor of a certificate: same names, as long, from now on'
            cand login 'Prove that a certificate and its key log in'
            cand completions 'Print completions for a shell'
            cand man 'Print a manual page'
        }
        &'xmppcert;generate'= {
            cand --jid 'The account: a JID such as hamlet@shakespeare.lit (can be repeated)'
            cand --name 'The name the certificate is shown by, at most 64 characters [default: the first JID]'
            cand --email 'The e-mail address in the certificate [default: the first JID, where it can be one]'
            cand --days 'How many days the certificate is valid from now on [default: 365]'
            cand --valid-for 'How long the certificate is valid from now on: 36h, 90d, 12w, 18mo or 2y'
            cand --not-after 'When the certificate ends: RFC 3339, a date (its first second in UTC), or ''never'''
            cand --not-before 'When the certificate begins [default: five minutes ago, as clocks differ]'
            cand --key-type 'The kind of key [default: rsa-4096]'
            cand --key 'Use the key in this file instead of a new one'
            cand --out 'Write NAME.key and NAME.crt; ''-'' prints both [default: client]'
            cand --from 'Make a certificate for every account of this list; ''-'' reads standard input'
            cand --out-dir 'Where to make a folder for each account, with client.key and client.crt'
            cand --shard 'Do only the share K of N of the list, K from 0 to N-1'
            cand --jobs 'How many accounts to work on at a time [default: the number of cores]'
            cand --color 'When to use colours: auto, always or never'
            cand --no-email 'Leave the e-mail address out'
            cand --combined 'Write key and certificate into one file, NAME.pem'
            cand --csr 'Write a certificate request, NAME.csr, instead of a certificate'
            cand --force 'Replace existing files, and keep them as NAME.key.old and so on'
            cand --resume 'Go on with a run that was interrupted'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'xmppcert;inspect'= {
            cand --color 'When to use colours: auto, always or never'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'xmppcert;check'= {
            cand --key 'See that this private key belongs to it [default: the .key file beside a .crt, if there]'
            cand --jid 'See that it is for this account'
            cand --expires-in 'Say no if it ends within this time: 36h, 90d, 12w, 18mo or 2y'
            cand --for 'Whose no counts [default: xep-0257,prosody]'
            cand --color 'When to use colours: auto, always or never'
            cand --strict 'Let warnings count as no'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'xmppcert;export'= {
            cand --format 'The form to give it'
            cand --key 'Private key for ''combined'' [default: the .key file beside a .crt]'
            cand --name 'Name of the certificate on the server, for ''stanza'' [default: its common name]'
            cand --out 'Write to this file instead of standard output'
            cand --color 'When to use colours: auto, always or never'
            cand --force 'Replace an existing file, and keep it as FILE.old'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'xmppcert;renew'= {
            cand --key 'Its private key [default: the .key file beside the .crt]'
            cand --key-type 'The kind of the new key [default: the kind of the old one]'
            cand --color 'When to use colours: auto, always or never'
            cand --same-key 'Keep the key and replace the certificate only'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'xmppcert;login'= {
            cand --key 'Its private key [default: in the same file, or the .key file beside a .crt]'
            cand --jid 'The account, where the certificate is for several; a full JID asks for its resource'
            cand --server 'Connect to this server instead of the one that DNS names'
            cand --ca 'Trust the certificates in this file instead of the system''s roots'
            cand --pin 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits'
            cand --timeout 'How long the server may take for each step'
            cand --color 'When to use colours: auto, always or never'
            cand --direct-tls 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'xmppcert;completions'= {
            cand --color 'When to use colours: auto, always or never'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'xmppcert;man'= {
            cand --color 'When to use colours: auto, always or never'
            cand --json 'Print results and errors as JSON, one object a line'
            cand -q 'Print nothing but results and errors; for ''check'', errors alone'
            cand --quiet 'Print nothing but results and errors; for ''check'', errors alone'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
    ]
    $completions[$command]
}
