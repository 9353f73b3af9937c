<FeatureTypeStyle xmlns:ogc="http://www.opengis.net/ogc"><Rule><ogc:Filter><ogc:Or><ogc:And>
<ogc:PropertyIsLike wildCard="%" singleChar="_" matchCase="false"><ogc:PropertyName>n</ogc:PropertyName><ogc:Literal>Stor%</ogc:Literal></ogc:PropertyIsLike>
<ogc:PropertyIsBetween><ogc:PropertyName>a</ogc:PropertyName><ogc:LowerBoundary><ogc:Literal>1</ogc:Literal></ogc:LowerBoundary><ogc:UpperBoundary><ogc:Literal>3</ogc:Literal></ogc:UpperBoundary></ogc:PropertyIsBetween></ogc:And>
<ogc:PropertyIsNull><ogc:PropertyName>a</ogc:PropertyName></ogc:PropertyIsNull>
<ogc:PropertyIsGreaterThan><ogc:Mul><ogc:PropertyName>a</ogc:PropertyName><ogc:Literal>2</ogc:Literal></ogc:Mul><ogc:Literal>100</ogc:Literal></ogc:PropertyIsGreaterThan>
<ogc:PropertyIsEqualTo><ogc:Function name="strToUpperCase"><ogc:PropertyName>n</ogc:PropertyName></ogc:Function><ogc:Literal>ABC</ogc:Literal></ogc:PropertyIsEqualTo>
</ogc:Or></ogc:Filter><LineSymbolizer><Stroke><SvgParameter name="stroke">#abc</SvgParameter></Stroke><PerpendicularOffset>3</PerpendicularOffset></LineSymbolizer></Rule></FeatureTypeStyle>
