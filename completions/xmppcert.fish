# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_xmppcert_global_optspecs
    string join \n json q/quiet color= h/help V/version
end

function __fish_xmppcert_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_xmppcert_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_xmppcert_using_subcommand
    set -l cmd (__fish_xmppcert_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c xmppcert -n "__fish_xmppcert_needs_command" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_needs_command" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "generate" -d 'Make a key and a client certificate for an account'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "inspect" -d 'Show what certificates, requests and keys say'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "check" -d 'Tell whether servers and clients would take a certificate, and if not, why'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "export" -d 'Give out a certificate in the form that a program needs'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "renew" -d 'Make a successor of a certificate: same names, as long, from now on'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "upload" -d 'Store a certificate on the account, so that it can log in'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "list" -d 'Show the certificates that are stored on the account'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "disable" -d 'Remove a certificate from the account; sessions that use it go on'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "revoke" -d 'Remove a certificate from the account and end the sessions that use it'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "rotate" -d 'Renew a certificate on its account and on the disk, without a password'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "login" -d 'Prove that a certificate and its key log in'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "doctor" -d 'Tell what stands between the users of a server and logins by certificate'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c xmppcert -n "__fish_xmppcert_needs_command" -f -a "man" -d 'Print a manual page'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l jid -d 'The account: a JID such as hamlet@shakespeare.lit (can be repeated)' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l name -d 'The name the certificate is shown by, at most 64 characters [default: the first JID]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l email -d 'The e-mail address in the certificate [default: the first JID, where it can be one]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l days -d 'How many days the certificate is valid from now on [default: 365]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l valid-for -d 'How long the certificate is valid from now on: 36h, 90d, 12w, 18mo or 2y' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l not-after -d 'When the certificate ends: RFC 3339, a date (its first second in UTC), or \'never\'' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l not-before -d 'When the certificate begins [default: five minutes ago, as clocks differ]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l key-type -d 'The kind of key [default: rsa-4096]' -r -f -a "rsa-4096\t''
rsa-3072\t''
rsa-2048\t''
ecdsa-p256\t''
ecdsa-p384\t''
ed25519\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l key -d 'Use the key in this file instead of a new one' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l out -d 'Write NAME.key and NAME.crt; \'-\' prints both [default: client]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l from -d 'Make a certificate for every account of this list; \'-\' reads standard input' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l out-dir -d 'Where to make a folder for each account, with client.key and client.crt' -r -f -a "(__fish_complete_directories)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l shard -d 'Do only the share K of N of the list, K from 0 to N-1' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l jobs -d 'How many accounts to work on at a time [default: the number of cores]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l no-email -d 'Leave the e-mail address out'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l combined -d 'Write key and certificate into one file, NAME.pem'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l csr -d 'Write a certificate request, NAME.csr, instead of a certificate'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l force -d 'Replace existing files, and keep them as NAME.key.old and so on'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l resume -d 'Go on with a run that was interrupted'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand generate" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand inspect" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand inspect" -l no-verify -d 'Do not verify the signatures of self-signed certificates, which is most of the work on a large bundle of them'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand inspect" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand inspect" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand inspect" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l key -d 'See that this private key belongs to it [default: the .key file beside a .crt, if there]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l jid -d 'See that it is for this account' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l expires-in -d 'Say no if it ends within this time: 36h, 90d, 12w, 18mo or 2y' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l for -d 'Whose no counts [default: xep-0257,prosody]' -r -f -a "xep-0257\t''
prosody\t''
ejabberd\t''
slixmpp\t''
libstrophe\t''
conversations\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l each -d 'Check every certificate in the files, each as if it were in a file of its own'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l strict -d 'Let warnings count as no'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand check" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -l format -d 'The form to give it' -r -f -a "pem\t'One PEM block and nothing else: the form to upload'
der\t'DER, the binary form'
base64\t'The base64 of DER on one line'
stanza\t'The XEP-0257 element that uploads it'
combined\t'The private key and the certificate as two PEM blocks'"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -l key -d 'Private key for \'combined\' [default: the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -l name -d 'Name of the certificate on the server, for \'stanza\' [default: its common name]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -l out -d 'Write to this file instead of standard output' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -l force -d 'Replace an existing file, and keep it as FILE.old'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand export" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -l key -d 'Its private key [default: the .key file beside the .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -l key-type -d 'The kind of the new key [default: the kind of the old one]' -r -f -a "rsa-4096\t''
rsa-3072\t''
rsa-2048\t''
ecdsa-p256\t''
ecdsa-p384\t''
ed25519\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -l same-key -d 'Keep the key and renew the certificate only'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand renew" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l name -d 'The name to store it under [default: this host\'s name and the date]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l jid -d 'The account [default: the one that the certificate is for]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l password-file -d 'Read the password from this file; \'-\' is standard input [default: ask on a terminal]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l cert -d 'Log in with this certificate instead of a password' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l key -d 'Its private key [default: in the same file, or the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l server -d 'Connect to this server instead of the one that DNS names' -r -f -a "(__fish_print_hostnames)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l ca -d 'Trust the certificates in this file instead of the system\'s roots' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l pin -d 'Trust the server with this public key, whoever certified it: \'sha256:\' and 64 digits' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l timeout -d 'How long the server may take for each step' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l force -d 'Replace what is stored under the name'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l no-cert-management -d 'Forbid sessions that log in with it to upload and remove certificates'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l no-check -d 'Upload it even if \'xmppcert check\' would refuse it'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l direct-tls -d 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand upload" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l dir -d 'Where to look for files with the same certificates [default: this directory]' -r -f -a "(__fish_complete_directories)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l jid -d 'The account [default: the one that the certificate is for]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l password-file -d 'Read the password from this file; \'-\' is standard input [default: ask on a terminal]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l cert -d 'Log in with this certificate instead of a password' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l key -d 'Its private key [default: in the same file, or the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l server -d 'Connect to this server instead of the one that DNS names' -r -f -a "(__fish_print_hostnames)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l ca -d 'Trust the certificates in this file instead of the system\'s roots' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l pin -d 'Trust the server with this public key, whoever certified it: \'sha256:\' and 64 digits' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l timeout -d 'How long the server may take for each step' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l direct-tls -d 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand list" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l jid -d 'The account [default: the one that the certificate is for]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l password-file -d 'Read the password from this file; \'-\' is standard input [default: ask on a terminal]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l cert -d 'Log in with this certificate instead of a password' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l key -d 'Its private key [default: in the same file, or the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l server -d 'Connect to this server instead of the one that DNS names' -r -f -a "(__fish_print_hostnames)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l ca -d 'Trust the certificates in this file instead of the system\'s roots' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l pin -d 'Trust the server with this public key, whoever certified it: \'sha256:\' and 64 digits' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l timeout -d 'How long the server may take for each step' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l direct-tls -d 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand disable" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l jid -d 'The account [default: the one that the certificate is for]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l password-file -d 'Read the password from this file; \'-\' is standard input [default: ask on a terminal]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l cert -d 'Log in with this certificate instead of a password' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l key -d 'Its private key [default: in the same file, or the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l server -d 'Connect to this server instead of the one that DNS names' -r -f -a "(__fish_print_hostnames)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l ca -d 'Trust the certificates in this file instead of the system\'s roots' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l pin -d 'Trust the server with this public key, whoever certified it: \'sha256:\' and 64 digits' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l timeout -d 'How long the server may take for each step' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l direct-tls -d 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand revoke" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l key -d 'Its private key [default: in the same file, or the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l jid -d 'The account, where the certificate names none; one for several accounts is not rotated' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l if-due -d 'Do nothing unless it ends within this time: 36h, 90d, 12w, 18mo or 2y' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l deploy-hook -d 'Run this by \'sh -c\' once the files are replaced' -r -f -a "(__fish_complete_command)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l key-type -d 'The kind of the new key [default: the kind of the old one]' -r -f -a "rsa-4096\t''
rsa-3072\t''
rsa-2048\t''
ecdsa-p256\t''
ecdsa-p384\t''
ed25519\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l server -d 'Connect to this server instead of the one that DNS names' -r -f -a "(__fish_print_hostnames)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l ca -d 'Trust the certificates in this file instead of the system\'s roots' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l pin -d 'Trust the server with this public key, whoever certified it: \'sha256:\' and 64 digits' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l timeout -d 'How long the server may take for each step' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l dry-run -d 'Log in and say what would be done, but do nothing'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l direct-tls -d 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand rotate" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l key -d 'Its private key [default: in the same file, or the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l jid -d 'The account, where the certificate is for several; a full JID asks for its resource' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l server -d 'Connect to this server instead of the one that DNS names' -r -f -a "(__fish_print_hostnames)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l ca -d 'Trust the certificates in this file instead of the system\'s roots' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l pin -d 'Trust the server with this public key, whoever certified it: \'sha256:\' and 64 digits' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l timeout -d 'How long the server may take for each step' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l direct-tls -d 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand login" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l jid -d 'The account [default: the one that the certificate is for]' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l password-file -d 'Read the password from this file; \'-\' is standard input [default: ask on a terminal]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l cert -d 'Log in with this certificate instead of a password' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l key -d 'Its private key [default: in the same file, or the .key file beside a .crt]' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l server -d 'Connect to this server instead of the one that DNS names' -r -f -a "(__fish_print_hostnames)"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l ca -d 'Trust the certificates in this file instead of the system\'s roots' -r -F
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l pin -d 'Trust the server with this public key, whoever certified it: \'sha256:\' and 64 digits' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l timeout -d 'How long the server may take for each step' -r
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l try-upload -d 'Store a test certificate on the account, and remove it again [default: ask on a terminal]'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l direct-tls -d 'Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand completions" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand completions" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand completions" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand completions" -s h -l help -d 'Print help'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand completions" -s V -l version -d 'Print version'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand man" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c xmppcert -n "__fish_xmppcert_using_subcommand man" -l json -d 'Print results and errors as JSON, one object a line'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand man" -s q -l quiet -d 'Print nothing but results and errors; for \'check\', errors alone'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand man" -s h -l help -d 'Print help'
complete -c xmppcert -n "__fish_xmppcert_using_subcommand man" -s V -l version -d 'Print version'
