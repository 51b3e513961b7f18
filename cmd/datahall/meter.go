package main

import (
	"context"

	"datahall"
	"datahall/numeric/kernel"
	"datahall/site/energy"
	"datahall/store"
)

// meterSetting is the name under which the owner's tariff is kept.
const meterSetting = "meter"

// loadMeter reads the owner's tariff, or gives the stated defaults.
func loadMeter(ctx context.Context, s *store.Store) (datahall.Meter, error) {
	meter := energy.Defaults()
	_, err := s.Setting(ctx, datahall.AnyProject, meterSetting, &meter)
	return meter, err
}

// hall gives what the hall says about itself.
func (h *hall) hall() datahall.Hall {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.about
}

func (h *hall) meter() datahall.Meter { return h.hall().Meter }

// setMeter changes the tariff for what starts from now on.
func (h *hall) setMeter(ctx context.Context, m datahall.Meter) error {
	if err := energy.Check(m); err != nil {
		return err
	}
	if err := h.store.PutSetting(ctx, datahall.AnyProject, meterSetting, m); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.about.Meter = m
	return nil
}

// power is what this machine draws, as far as its processor's name tells.
func power(cores int) energy.PowerModel {
	return energy.Lookup(kernel.Machine().Name, 0, cores)
}
