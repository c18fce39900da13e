import { Switch } from "@/components/ui/switch";

type ChatTemplateSwitchProps = {
  /** Null while the model is not known. */
  readonly hasChatTemplate: boolean | null;
  readonly isOn: boolean;
  readonly onIsOnChange: (isOn: boolean) => void;
};

/** Whether a text becomes a user's turn of the model's chat template; says where there is none. */
export function ChatTemplateSwitch({ hasChatTemplate, ...rest }: ChatTemplateSwitchProps) {
  if (hasChatTemplate === false) return <span className="small dim">no chat template in this model</span>;
  return <Switch label="chat template" isDisabled={hasChatTemplate === null} {...rest} />;
}
