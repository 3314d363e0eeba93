/** Calibration: names for the API's shapes, and their query. */
import { useQuery } from "@tanstack/react-query";
import { get, type Params } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Reading = Schemas["Reading"];
export type Evenness = Schemas["Evenness"];
export type RateAt = Schemas["RateAt"];
export type Rates = Schemas["Rates"];
export type Share = Schemas["ShareView"];
export type Concluded = Schemas["Concluded"];
export type GroupRate = Schemas["GroupRate"];
export type Cause = Schemas["Cause"];
export type Attribute = Schemas["Attribute"];
export type CalibrationView = Schemas["CalibrationView"];

export const useCalibration = (params: Params, enabled: boolean) =>
  useQuery({
    queryKey: ["/calibration", params],
    queryFn: () => get<CalibrationView>("/calibration", params),
    enabled,
  });
