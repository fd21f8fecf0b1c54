
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'xmppcert' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'xmppcert'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'xmppcert' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Make a key and a client certificate for an account')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what certificates, requests and keys say')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell whether servers and clients would take a certificate, and if not, why')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Give out a certificate in the form that a program needs')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Make a successor of a certificate: same names, as long, from now on')
            [CompletionResult]::new('upload', 'upload', [CompletionResultType]::ParameterValue, 'Store a certificate on the account, so that it can log in')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show the certificates that are stored on the account')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Remove a certificate from the account; sessions that use it go on')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Remove a certificate from the account and end the sessions that use it')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Renew a certificate on its account and on the disk, without a password')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Prove that a certificate and its key log in')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Tell what stands between the users of a server and logins by certificate')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print completions for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            break
        }
        'xmppcert;generate' {
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account: a JID such as hamlet@shakespeare.lit (can be repeated)')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name the certificate is shown by, at most 64 characters [default: the first JID]')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'The e-mail address in the certificate [default: the first JID, where it can be one]')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'How many days the certificate is valid from now on [default: 365]')
            [CompletionResult]::new('--valid-for', '--valid-for', [CompletionResultType]::ParameterName, 'How long the certificate is valid from now on: 36h, 90d, 12w, 18mo or 2y')
            [CompletionResult]::new('--not-after', '--not-after', [CompletionResultType]::ParameterName, 'When the certificate ends: RFC 3339, a date (its first second in UTC), or ''never''')
            [CompletionResult]::new('--not-before', '--not-before', [CompletionResultType]::ParameterName, 'When the certificate begins [default: five minutes ago, as clocks differ]')
            [CompletionResult]::new('--key-type', '--key-type', [CompletionResultType]::ParameterName, 'The kind of key [default: rsa-4096]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Use the key in this file instead of a new one')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write NAME.key and NAME.crt; ''-'' prints both [default: client]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Make a certificate for every account of this list; ''-'' reads standard input')
            [CompletionResult]::new('--out-dir', '--out-dir', [CompletionResultType]::ParameterName, 'Where to make a folder for each account, with client.key and client.crt')
            [CompletionResult]::new('--shard', '--shard', [CompletionResultType]::ParameterName, 'Do only the share K of N of the list, K from 0 to N-1')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many accounts to work on at a time [default: the number of cores]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--no-email', '--no-email', [CompletionResultType]::ParameterName, 'Leave the e-mail address out')
            [CompletionResult]::new('--combined', '--combined', [CompletionResultType]::ParameterName, 'Write key and certificate into one file, NAME.pem')
            [CompletionResult]::new('--csr', '--csr', [CompletionResultType]::ParameterName, 'Write a certificate request, NAME.csr, instead of a certificate')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace existing files, and keep them as NAME.key.old and so on')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Go on with a run that was interrupted')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;inspect' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--no-verify', '--no-verify', [CompletionResultType]::ParameterName, 'Do not verify the signatures of self-signed certificates, which is most of the work on a large bundle of them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;check' {
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'See that this private key belongs to it [default: the .key file beside a .crt, if there]')
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'See that it is for this account')
            [CompletionResult]::new('--expires-in', '--expires-in', [CompletionResultType]::ParameterName, 'Say no if it ends within this time: 36h, 90d, 12w, 18mo or 2y')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Whose no counts [default: xep-0257,prosody]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--each', '--each', [CompletionResultType]::ParameterName, 'Check every certificate in the files, each as if it were in a file of its own')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Let warnings count as no')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;export' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form to give it')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for ''combined'' [default: the .key file beside a .crt]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the certificate on the server, for ''stanza'' [default: its common name]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace an existing file, and keep it as FILE.old')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;renew' {
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: the .key file beside the .crt]')
            [CompletionResult]::new('--key-type', '--key-type', [CompletionResultType]::ParameterName, 'The kind of the new key [default: the kind of the old one]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--same-key', '--same-key', [CompletionResultType]::ParameterName, 'Keep the key and renew the certificate only')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;upload' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name to store it under [default: this host''s name and the date]')
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account [default: the one that the certificate is for]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from this file; ''-'' is standard input [default: ask on a terminal]')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Log in with this certificate instead of a password')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: in the same file, or the .key file beside a .crt]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Connect to this server instead of the one that DNS names')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this file instead of the system''s roots')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the server may take for each step')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace what is stored under the name')
            [CompletionResult]::new('--no-cert-management', '--no-cert-management', [CompletionResultType]::ParameterName, 'Forbid sessions that log in with it to upload and remove certificates')
            [CompletionResult]::new('--no-check', '--no-check', [CompletionResultType]::ParameterName, 'Upload it even if ''xmppcert check'' would refuse it')
            [CompletionResult]::new('--direct-tls', '--direct-tls', [CompletionResultType]::ParameterName, 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;list' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Where to look for files with the same certificates [default: this directory]')
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account [default: the one that the certificate is for]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from this file; ''-'' is standard input [default: ask on a terminal]')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Log in with this certificate instead of a password')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: in the same file, or the .key file beside a .crt]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Connect to this server instead of the one that DNS names')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this file instead of the system''s roots')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the server may take for each step')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--direct-tls', '--direct-tls', [CompletionResultType]::ParameterName, 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;disable' {
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account [default: the one that the certificate is for]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from this file; ''-'' is standard input [default: ask on a terminal]')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Log in with this certificate instead of a password')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: in the same file, or the .key file beside a .crt]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Connect to this server instead of the one that DNS names')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this file instead of the system''s roots')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the server may take for each step')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--direct-tls', '--direct-tls', [CompletionResultType]::ParameterName, 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;revoke' {
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account [default: the one that the certificate is for]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from this file; ''-'' is standard input [default: ask on a terminal]')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Log in with this certificate instead of a password')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: in the same file, or the .key file beside a .crt]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Connect to this server instead of the one that DNS names')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this file instead of the system''s roots')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the server may take for each step')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--direct-tls', '--direct-tls', [CompletionResultType]::ParameterName, 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;rotate' {
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: in the same file, or the .key file beside a .crt]')
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account, where the certificate names none; one for several accounts is not rotated')
            [CompletionResult]::new('--if-due', '--if-due', [CompletionResultType]::ParameterName, 'Do nothing unless it ends within this time: 36h, 90d, 12w, 18mo or 2y')
            [CompletionResult]::new('--deploy-hook', '--deploy-hook', [CompletionResultType]::ParameterName, 'Run this by ''sh -c'' once the files are replaced')
            [CompletionResult]::new('--key-type', '--key-type', [CompletionResultType]::ParameterName, 'The kind of the new key [default: the kind of the old one]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Connect to this server instead of the one that DNS names')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this file instead of the system''s roots')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the server may take for each step')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Log in and say what would be done, but do nothing')
            [CompletionResult]::new('--direct-tls', '--direct-tls', [CompletionResultType]::ParameterName, 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;login' {
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: in the same file, or the .key file beside a .crt]')
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account, where the certificate is for several; a full JID asks for its resource')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Connect to this server instead of the one that DNS names')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this file instead of the system''s roots')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the server may take for each step')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--direct-tls', '--direct-tls', [CompletionResultType]::ParameterName, 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;doctor' {
            [CompletionResult]::new('--jid', '--jid', [CompletionResultType]::ParameterName, 'The account [default: the one that the certificate is for]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from this file; ''-'' is standard input [default: ask on a terminal]')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Log in with this certificate instead of a password')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key [default: in the same file, or the .key file beside a .crt]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Connect to this server instead of the one that DNS names')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this file instead of the system''s roots')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Trust the server with this public key, whoever certified it: ''sha256:'' and 64 digits')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the server may take for each step')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--try-upload', '--try-upload', [CompletionResultType]::ParameterName, 'Store a test certificate on the account, and remove it again [default: ask on a terminal]')
            [CompletionResult]::new('--direct-tls', '--direct-tls', [CompletionResultType]::ParameterName, 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'xmppcert;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print results and errors as JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but results and errors; for ''check'', errors alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
