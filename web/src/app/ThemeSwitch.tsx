import { Check, Monitor, Moon, Sun } from "lucide-react";

import { useStore } from "@/lib/store";
import { Button, Menu, MenuItem } from "@/ui";

import { chooseTheme, theme } from "./theme";

const CHOICES = [
  { id: "system", label: "As the system", icon: Monitor },
  { id: "light", label: "Light", icon: Sun },
  { id: "dark", label: "Dark", icon: Moon },
] as const;

export function ThemeSwitch() {
  const chosen = useStore(theme);
  const Icon = CHOICES.find((choice) => choice.id === chosen)?.icon ?? Monitor;
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label="Theme">
          <Icon aria-hidden />
        </Button>
      }
    >
      {CHOICES.map(({ id, label, icon: ChoiceIcon }) => (
        <MenuItem key={id} onSelect={() => chooseTheme(id)}>
          <ChoiceIcon aria-hidden />
          <span className="flex-1">{label}</span>
          {id === chosen && <Check aria-label="chosen" />}
        </MenuItem>
      ))}
    </Menu>
  );
}
