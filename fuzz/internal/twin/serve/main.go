// Command serve reads programs from standard input, each with its length in
// front, and writes their transcripts the same way. The first thing it writes
// is the layout it was built with. It ends with its input.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"github.com/strata-go/strata/fuzz/internal/twin"
)

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	write := func(s string) error {
		if err := binary.Write(out, binary.LittleEndian, uint32(len(s))); err != nil {
			return err
		}
		if _, err := out.WriteString(s); err != nil {
			return err
		}
		return out.Flush()
	}
	for reply := twin.Layout; ; {
		if write(reply) != nil {
			return
		}
		var n uint32
		if binary.Read(in, binary.LittleEndian, &n) != nil {
			return
		}
		data := make([]byte, n)
		if _, err := io.ReadFull(in, data); err != nil {
			return
		}
		reply = twin.Transcript(data)
	}
}
