package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sirupsen/logrus"
	"github.com/spf13/pflag"

	"brainsweep/fault"
)

// voice is how the program speaks to people: plain lines, or JSON for machines.
type voice struct {
	out    io.Writer
	format choice
	level  choice
}

func (v *voice) addFlags(flags *pflag.FlagSet) {
	v.format = choice{value: "text", of: []string{"text", "json"}}
	v.level = choice{value: "info", of: []string{"debug", "info", "warning", "error"}}
	flags.Var(&v.format, "log-format", "how messages are written: text or json")
	flags.Var(&v.level, "log-level", "which messages are written: debug, info, warning or error")
}

// logger writes to out what the flags ask for.
func (v *voice) logger(out io.Writer) *logrus.Logger {
	log := logrus.New()
	log.SetOutput(out)
	log.SetFormatter(plain{})
	if v.format.value == "json" {
		log.SetFormatter(&logrus.JSONFormatter{})
	}
	if level, err := logrus.ParseLevel(v.level.value); err == nil {
		log.SetLevel(level)
	}
	return log
}

// complain says what went wrong: the user's mistakes one a line, each with its place.
func (v *voice) complain(err error) {
	var mistakes fault.List
	switch {
	case err == nil || errors.As(err, new(told)):
		return
	case errors.Is(err, context.Canceled):
		mistakes = fault.List{{Msg: "brainsweep: stopped before the end"}}
	case fault.Is(err):
		mistakes.Add(err)
	default:
		mistakes = fault.List{{Msg: "brainsweep: " + err.Error()}}
	}
	if v.format.value != "json" {
		fmt.Fprintln(v.out, mistakes.Error())
		return
	}
	log := v.logger(v.out)
	for _, m := range mistakes {
		fields := logrus.Fields{}
		if m.Pos.File != "" {
			fields = logrus.Fields{"file": m.Pos.File, "line": m.Pos.Line, "column": m.Pos.Col}
		}
		log.WithFields(fields).Error(m.Msg)
	}
}

// plain writes an entry as a person reads it: 15:04:05 warning: what happened, key=value.
type plain struct{}

func (plain) Format(e *logrus.Entry) ([]byte, error) {
	var line bytes.Buffer
	line.WriteString(e.Time.Format("15:04:05 "))
	if e.Level <= logrus.WarnLevel {
		line.WriteString(e.Level.String() + ": ")
	}
	line.WriteString(strings.TrimRight(e.Message, "\n"))
	keys := make([]string, 0, len(e.Data))
	for key := range e.Data {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		fmt.Fprintf(&line, ", %s=%v", key, e.Data[key])
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}

// choice is a flag whose value is one of a few words.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "word" }

func (c *choice) Set(word string) error {
	if !slices.Contains(c.of, word) {
		return errors.New("want " + strings.Join(c.of, " or ") + fault.Suggest(word, c.of))
	}
	c.value = word
	return nil
}
