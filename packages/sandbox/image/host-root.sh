#!/bin/sh
# Writes a root file system as tar to stdout, out of this machine's own Python, Node, shell and tar:
# an image for `docker import` where no registry can be reached. Arguments: compilers to put in, `g++ rustc javac go`.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/etc" "$root/tmp" "$root/proc" "$root/sys" "$root/dev" "$root/lib64"
mkdir -p "$root/run" "$root/var/tmp" "$root/mnt" "$root/opt"
chmod 1777 "$root/tmp" # An engine gives the tmpfs it mounts there the mode of what is below.
ln -s usr/bin "$root/bin"
ln -s usr/sbin "$root/sbin"
ln -s usr/lib "$root/lib"

# A program with the shared libraries it names, each below /usr as on a merged system.
put() {
  case $1 in /bin/* | /lib/*) to=/usr$1 ;; *) to=$1 ;; esac
  [ -e "$root$to" ] && return
  mkdir -p "$root$(dirname "$to")"
  cp -L "$1" "$root$to"
}
libraries() {
  for file in "$@"; do ldd "$file" 2>/dev/null || true; done | grep -o '/[^ ]*\.so[^ ]*' | sort -u
}

for name in sh cat chmod cp ln ls mkdir rm sleep tar touch; do
  put "$(command -v "$name")"
done
programs="$root/usr/bin/*"

python=$(readlink -f /usr/bin/python3 || true)
if [ -x "$python" ]; then
  put "$python"
  version=$(basename "$python")
  [ "$version" = python3 ] || ln -s "$version" "$root/usr/bin/python3"
  cp -a --parents "/usr/lib/$version" "$root"
  for heavy in test idlelib lib2to3 ensurepip tkinter turtledemo dist-packages; do rm -rf "$root/usr/lib/$version/$heavy"; done
  rm -rf "$root/usr/lib/$version"/config-* "$root/usr/lib/$version/sitecustomize.py"
  programs="$programs $root/usr/lib/$version/lib-dynload/*.so"
fi
[ -x /usr/bin/node ] && put "$(readlink -f /usr/bin/node)"

# shellcheck disable=SC2086 # The patterns are to be expanded.
for library in $(libraries $programs); do
  case $library in "$root"*) ;; *) put "$library" ;; esac
done
# A compiler is many files in many places: those of its packages, as they are installed here.
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
# Of what every Debian has, only libraries are needed.
needless() { [ "$(dpkg-query -W -f='${Essential}' "$1" 2>/dev/null)" = yes ]; }
provider() { dpkg-query -W -f='${Package}:${Provides}\n' | sed -n "s/^\([^:]*\):.*\b$1\b.*/\1/p" | head -n 1; }
needs() { dpkg-query -W -f='${Pre-Depends},${Depends}' "$1" | tr ',|' '\n\n' | sed 's/[(:].*//; s/ //g'; }
if [ $# -gt 0 ]; then
  command -v dpkg-query >/dev/null || { echo "compilers can be packed on Debian and its kin alone; use --base" >&2; exit 1; }
  all=
  owners=
  for program in "$@"; do
    [ -x "/usr/bin/$program" ] || { echo "there is no /usr/bin/$program here: install it, or leave it out" >&2; exit 1; }
    owners="$owners $(dpkg-query -S "/usr/bin/$program" "$(readlink -f "/usr/bin/$program")" 2>/dev/null | sed 's/[:,].*//')"
  done
  # shellcheck disable=SC2086 # Words.
  set -- $owners
  while [ $# -gt 0 ]; do
    name=$1
    shift
    installed "$name" || name=$(provider "$name")
    case " $all " in *" $name "*) continue ;; esac
    [ -n "$name" ] && ! needless "$name" || continue
    all="$all $name"
    # shellcheck disable=SC2046 # Words.
    set -- "$@" $(needs "$name")
  done
  # What is chosen among several is a link that no package has.
  links=$(for name in cc c++ java javac; do readlink -e "/usr/bin/$name" >/dev/null && echo "/usr/bin/$name /etc/alternatives/$name"; done)
  # shellcheck disable=SC2086
  { dpkg-query -L $all; printf '%s\n' $links; } | grep -Ev '^/usr/share/(doc|man|info|locale|lintian|bash-completion)/' | sort -u |
    while read -r path; do [ ! -L "$path" ] && [ -d "$path" ] || [ ! -e "$path" ] || echo "$path"; done |
    tar -C / --no-recursion -cf - -T - 2>/dev/null | tar -C "$root" --skip-old-files -xf -
fi
printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
# The same content is the same archive. Python's own files keep their times: by these it knows what it has compiled of them.
find "$root" ! -name '*.py' -exec touch -h -d @0 {} +
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner -cf - .
